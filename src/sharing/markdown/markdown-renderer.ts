import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Html } from '../../common/html';
import { UnavailableError } from '../../common/problem';
import type { MarkdownMessage } from './markdown.worker';

/** Ten times what a MiB of ordinary Markdown takes on a fast machine; there are texts that would take minutes. */
const LONGEST_MS = 3_000;

/** Different texts that wait, and how long: behind slow ones, it is better to come again. */
const MOST_WAITING = 100;
const LONGEST_WAIT_MS = 5_000;

/** In MiB, of the thread: a hundred times a long text. Above it the thread ends, not the server. */
const MEMORY = 256;

interface Task {
  text: string;
  askedAt: number;
  /** As it was typed, once the thread has said so. */
  plain?: string;
  done(html: Html): void;
  failed(error: unknown): void;
}

/**
 * Renders Markdown in a thread of its own, one text after another; what several ask for at once, once. A text that takes too long, or too much memory, is shown as it was typed, and its thread
 * is ended; so no text, however hostile, holds the server up.
 */
@Injectable()
export class MarkdownRenderer implements OnApplicationShutdown {
  private worker?: Worker;
  private timer?: NodeJS.Timeout;
  private task?: Task;
  private readonly waiting: Task[] = [];
  private readonly pending = new Map<string, Promise<Html>>();

  /** Safe HTML of a note's text. @throws UnavailableError when too many texts wait, or those before take too long. */
  render(text: string): Promise<Html> {
    const pending = this.pending.get(text) ?? this.ask(text).finally(() => this.pending.delete(text));
    this.pending.set(text, pending);
    return pending;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker?.terminate();
  }

  private async ask(text: string): Promise<Html> {
    if (this.waiting.length >= MOST_WAITING) throw tooMany();
    return new Promise((done, failed) => {
      this.waiting.push({ text, askedAt: Date.now(), done, failed });
      this.next();
    });
  }

  private next(): void {
    if (this.task !== undefined) return;
    this.task = this.waiting.shift();
    if (this.task === undefined) return;
    if (Date.now() - this.task.askedAt > LONGEST_WAIT_MS) {
      this.finish(undefined, tooMany());
      return;
    }
    this.worker ??= this.start();
    this.worker.postMessage(this.task.text, []);
  }

  private start(): Worker {
    // Nothing of the environment, in which there are secrets.
    const worker = new Worker(require.resolve('./markdown.worker'), {
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    });
    worker.unref();
    // One that was given up may still have something to say.
    worker.on('message', (message: MarkdownMessage) => this.worker === worker && this.hear(message));
    // Out of memory, or it could not be loaded.
    worker.on('error', (error) => this.worker === worker && this.giveUp(error));
    return worker;
  }

  private hear(message: MarkdownMessage): void {
    const { task } = this;
    if (task === undefined) return;
    if ('plain' in message) {
      task.plain = message.plain;
      // From now on: loading the thread is not the text's fault.
      this.timer = setTimeout(() => this.giveUp(), LONGEST_MS).unref();
    } else {
      this.finish('rendered' in message ? message.rendered : task.plain);
    }
  }

  /** Ends the thread and what it is at. */
  private giveUp(error: unknown = new Error('The text was not rendered')): void {
    void this.worker?.terminate();
    this.worker = undefined;
    this.finish(this.task?.plain, error);
  }

  private finish(html: string | undefined, error?: unknown): void {
    clearTimeout(this.timer);
    const { task } = this;
    this.task = undefined;
    if (html === undefined) task?.failed(error);
    else task?.done(new Html(html));
    this.next();
  }
}

function tooMany(): UnavailableError {
  return new UnavailableError('Too many notes are being read at once: try again');
}
