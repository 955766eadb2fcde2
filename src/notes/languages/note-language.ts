import type { NoteFields } from '../note-fields';
import { detectLanguage } from './detect-language';

export type LanguageFields = Pick<NoteFields, 'language' | 'isLanguageSet'>;

/** What a request says; null: it is to be detected. */
export function saidLanguage(language: string | null): LanguageFields {
  return { language, isLanguageSet: language !== null };
}

export function languageOf({ language, isLanguageSet }: LanguageFields): LanguageFields {
  return { language, isLanguageSet };
}

/** The fields as they are written: with the language of the text, unless the user said which it is. */
export async function withLanguage<Fields extends LanguageFields & Pick<NoteFields, 'title' | 'body'>>(
  fields: Fields,
): Promise<Fields> {
  return fields.isLanguageSet ? fields : { ...fields, language: await detectLanguage(fields.title, fields.body) };
}
