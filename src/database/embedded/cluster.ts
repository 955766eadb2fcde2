/** An initialised cluster, and how to run and reach it. */
export interface Cluster {
  dataDir: string;
  /** The cluster's real directory, with no links in its path. */
  directory: string;
  password: string;
  durable: boolean;
  log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Called whenever nothing is left to do but wait for a program of PostgreSQL. */
  onWait?: () => void;
}

export const HOST = '127.0.0.1';
export const USER = 'commonplace';
export const DATABASE = 'commonplace';
