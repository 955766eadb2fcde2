import { Extensions1764000000000 } from './1764000000000-extensions';
import { Accounts1764000001000 } from './1764000001000-accounts';
import { Jobs1764000002000 } from './1764000002000-jobs';
import { Notes1764000003000 } from './1764000003000-notes';
import { Mails1764000004000 } from './1764000004000-mails';
import { JobFailures1764000005000 } from './1764000005000-job-failures';
import { AccountDetails1764000006000 } from './1764000006000-account-details';
import { SignInMethods1764000007000 } from './1764000007000-sign-in-methods';
import { AccessTokens1764000008000 } from './1764000008000-access-tokens';
import { OpenInvitations1764000008500 } from './1764000008500-open-invitations';
import { Quotas1764000009000 } from './1764000009000-quotas';
import { Notebooks1764000010000 } from './1764000010000-notebooks';
import { TagChanges1764000010500 } from './1764000010500-tag-changes';
import { RequireIfMatch1764000011000 } from './1764000011000-require-if-match';
import { SearchWords1764000011500 } from './1764000011500-search-words';
import { IdempotencyKeys1764000012000 } from './1764000012000-idempotency-keys';
import { NoteSelections1764000013000 } from './1764000013000-note-selections';
import { SearchGrams1764000014500 } from './1764000014500-search-grams';
import { Searches1764000014700 } from './1764000014700-searches';
import { Changes1764000015000 } from './1764000015000-changes';
import { Revisions1764000016000 } from './1764000016000-revisions';
import { SearchChanges1764000017000 } from './1764000017000-search-changes';
import { FeedWatch1764000017500 } from './1764000017500-feed-watch';
import { NoteLinks1764000018000 } from './1764000018000-note-links';
import { Shares1764000019000 } from './1764000019000-shares';
import { NoteLanguages1764000020000 } from './1764000020000-note-languages';
import { LinkKeys1764000022000 } from './1764000022000-link-keys';

/** All migrations, oldest first. */
export const migrations = [
  Extensions1764000000000,
  Accounts1764000001000,
  Jobs1764000002000,
  Notes1764000003000,
  Mails1764000004000,
  JobFailures1764000005000,
  AccountDetails1764000006000,
  SignInMethods1764000007000,
  AccessTokens1764000008000,
  OpenInvitations1764000008500,
  Quotas1764000009000,
  Notebooks1764000010000,
  TagChanges1764000010500,
  RequireIfMatch1764000011000,
  SearchWords1764000011500,
  IdempotencyKeys1764000012000,
  NoteSelections1764000013000,
  SearchGrams1764000014500,
  Searches1764000014700,
  Changes1764000015000,
  Revisions1764000016000,
  SearchChanges1764000017000,
  FeedWatch1764000017500,
  NoteLinks1764000018000,
  Shares1764000019000,
  NoteLanguages1764000020000,
  LinkKeys1764000022000,
];
