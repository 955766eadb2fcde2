import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy between an application and its database that can fail as networks do. */
export class TcpProxy {
  private mode: 'open' | 'cut' | 'silent' = 'open';
  private readonly sockets = new Set<Socket>();
  private held: { texts: string[]; answered: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  static async start(url: string): Promise<TcpProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, new URL(url));
  }

  /** The target's address, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Ends all connections and every new one: the target is down. */
  cut(): void {
    this.mode = 'cut';
    this.endAll();
  }

  /** Lets nothing through, not even the end of a connection: the target's machine is gone. */
  silence(): void {
    this.mode = 'silent';
    for (const socket of this.sockets) socket.pause().unpipe();
  }

  /** New connections work again; those that were silenced stay so. */
  restore(): void {
    this.mode = 'open';
  }

  /**
   * On the connection that sends these texts one after the other, the answer to the last one, and all that follows, is kept back.
   * @returns when that answer has come: the target has done what it was asked, and whoever asked does not know.
   */
  holdAnswerTo(...texts: string[]): Promise<void> {
    return new Promise((answered) => {
      this.held = { texts, answered };
    });
  }

  async close(): Promise<void> {
    this.endAll();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: Socket): void {
    this.keep(socket);
    if (this.mode === 'cut') socket.destroy();
    if (this.mode !== 'open') return;
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.keep(upstream);
    let seen = 0;
    socket.on('data', (chunk: Buffer) => {
      while (this.held?.texts[seen] !== undefined && chunk.includes(this.held.texts[seen] ?? '')) seen += 1;
      if (this.held === undefined || seen < this.held.texts.length) return;
      upstream.once('data', this.held.answered).unpipe(socket).resume();
      this.held = undefined;
    });
    socket.pipe(upstream).pipe(socket);
    socket.once('close', () => upstream.destroy());
    upstream.once('close', () => socket.destroy());
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
  }

  private endAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
