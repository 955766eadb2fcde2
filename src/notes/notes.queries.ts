import type { Statement } from '../database/statements';
import { NOTE_ROW } from './note-row';

/** $1 the note, $2 its owner. */
export const GET_NOTE: Statement = {
  name: 'get-note',
  quick: true,
  text: `select ${NOTE_ROW} from notes n where n.id = $1 and n.user_id = $2`,
};
