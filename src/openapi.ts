import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { AppModule } from './app.module';
import { Config } from './config/config';
import { configureApp, createAdapter } from './configure-app';
import { buildDocument } from './openapi-document';

/** The document of the API as text; nothing is connected to, since in the preview mode no provider is made. */
async function documentText(): Promise<string> {
  const config = new Config();
  const adapter = createAdapter(config, pino({ level: 'silent' }));
  const options = { preview: true, logger: false as const, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, options);
  await configureApp(app);
  return `${JSON.stringify(buildDocument(app), null, 2)}\n`;
}

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error('Usage: node dist/src/openapi.js <file to write>');
  await writeFile(path, await documentText());
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
