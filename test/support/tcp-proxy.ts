import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy between an application and its database that can fail as networks do. */
export class TcpProxy {
  private mode: 'open' | 'cut' | 'silent' = 'open';
  private readonly sockets = new Set<Socket>();

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
