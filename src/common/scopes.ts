/** What an access token may be allowed to do; a session may do all of it, and what no scope names. */
export const SCOPES = {
  'notes:read': 'Read notes, tags and jobs, and search',
  'notes:write': 'Make, change and delete notes, and import',
  'files:read': 'Read files',
  'files:write': 'Add and remove files',
  'account:read': 'Read the profile and the activity of the account',
  webhooks: 'Manage webhooks',
} as const;

export type Scope = keyof typeof SCOPES;

export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];
