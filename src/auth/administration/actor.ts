import type { Client } from '../../common/client';

/** Who administrates, for the audit trail. */
export interface Actor {
  /** The administrator; null for whoever runs a command on the machine. */
  id: string | null;
  client: Client | null;
}

/** A command of the machine's operator. */
export const COMMAND: Actor = { id: null, client: null };

/** What an audit event says of the one who acted. */
export function auditOf(actor: Actor, detail?: Record<string, unknown>) {
  const { id: actorId, client } = actor;
  return { actorId, client, detail: actorId === null ? { ...detail, by: 'command' } : detail };
}
