/** The system user that a program runs as; `undefined` in its place means: as this process. */
export interface Account {
  uid: number;
  gid: number;
}
