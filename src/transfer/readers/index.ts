/** What reads files; loaded with the first import, since its parsers would slow every start down. */
export function readers(): typeof import('./read-import') {
  return require('./read-import') as typeof import('./read-import');
}
