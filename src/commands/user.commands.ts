import { Command } from 'commander';
import { AccountSetupService, type LinkDelivery } from '../auth/administration/account-setup.service';
import { COMMAND } from '../auth/administration/actor';
import type { AdministrateUserRequest } from '../auth/administration/admin-users.requests';
import { CreateUserRequest } from '../auth/administration/create-user.request';
import { UserAdministrationService } from '../auth/administration/user-administration.service';
import type { UserOverview } from '../auth/administration/user-overview';
import { RequestValidationPipe } from '../common/validation';
import { askForPassword, readPasswordFrom } from './read-password';
import { withApplication } from './with-application';

interface CreateOptions {
  email: string;
  name?: string;
  admin?: boolean;
  passwordStdin?: boolean;
  invite?: boolean;
  mail?: boolean;
}

const PAGE = 100;

/** `user …`: accounts, for whoever runs the server. */
export function userCommands(): Command {
  const user = new Command('user').description('make, list and change accounts');
  user
    .command('create')
    .description('make an account; asks for the password, unless one of the options below says where it comes from')
    .requiredOption('--email <address>', 'with which to sign in; it counts as verified')
    .option('--name <name>', 'what to call the person')
    .option('--admin', 'make it an administrator')
    .option('--password-stdin', 'read the password from standard input')
    .option('--invite', 'set no password, and show a link with which the user does')
    .option('--mail', 'with --invite: mail the link instead of showing it')
    .action(createCommand);
  user
    .command('list')
    .description('list accounts, newest first')
    .option('--search <text>', 'only those with this in the address or the name')
    .action(listCommand);
  const changes: [string, string, AdministrateUserRequest, string][] = [
    ['promote', 'make an account an administrator', { role: 'admin' }, 'is an administrator'],
    [
      'demote',
      'make an administrator an ordinary user',
      { role: 'user' },
      'is an ordinary user, signed out everywhere',
    ],
    [
      'disable',
      'let nobody in with an account; nothing is lost',
      { disabled: true },
      'is disabled, signed out everywhere',
    ],
    ['enable', 'let in again with an account', { disabled: false }, 'is enabled'],
  ];
  for (const [name, description, patch, done] of changes) {
    user
      .command(name)
      .description(description)
      .argument('<email>', 'the address of the account')
      .action((email: string) => changeCommand(email, patch, done));
  }
  user
    .command('reset-password')
    .description('show a link with which the user sets a new password; until then, nothing changes')
    .argument('<email>', 'the address of the account')
    .option('--mail', 'mail the link instead of showing it')
    .action(resetCommand);
  return user;
}

async function createCommand({ passwordStdin, invite, mail, ...account }: CreateOptions): Promise<void> {
  if (passwordStdin && invite) throw new Error('Use --password-stdin or --invite, not both');
  if (mail && !invite) throw new Error('--mail goes with --invite');
  const password = invite ? undefined : await passwordFrom(passwordStdin);
  const request = await validated({ ...account, password });
  await withApplication(async (application) => {
    const accounts = application.get(AccountSetupService, { strict: false });
    if (!invite) await accounts.create(COMMAND, request);
    else showLink(request.email, await accounts.invite(COMMAND, request, deliveryOf(mail)));
  });
  print(`${request.email} has an account${request.admin ? ', and is an administrator' : ''}.`);
}

async function listCommand({ search }: { search?: string }): Promise<void> {
  await withApplication(async (application) => {
    const administration = application.get(UserAdministrationService, { strict: false });
    let cursor: string | undefined;
    do {
      const { data, page } = await administration.list({ q: search || undefined, limit: PAGE, cursor });
      for (const found of data) print(lineOf(found));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  });
}

async function changeCommand(email: string, patch: AdministrateUserRequest, done: string): Promise<void> {
  await withApplication((application) =>
    application.get(UserAdministrationService, { strict: false }).updateByEmail(COMMAND, email, patch),
  );
  print(`${email} ${done}.`);
}

async function resetCommand(email: string, { mail }: { mail?: boolean }): Promise<void> {
  const link = await withApplication((application) =>
    application.get(AccountSetupService, { strict: false }).resetLink(COMMAND, email, deliveryOf(mail)),
  );
  showLink(email, link);
}

function passwordFrom(stdin: boolean | undefined): Promise<string> {
  return stdin ? readPasswordFrom(process.stdin) : askForPassword({ input: process.stdin, output: process.stderr });
}

/** As a request is: the same rules, named the same way. @throws ValidationFailedError */
async function validated(account: object): Promise<CreateUserRequest> {
  const metadata = { type: 'body', metatype: CreateUserRequest } as const;
  const request: unknown = await new RequestValidationPipe().transform(account, metadata);
  if (!(request instanceof CreateUserRequest)) throw new Error('The validation gave something else');
  return request;
}

const deliveryOf = (mail: boolean | undefined): LinkDelivery => (mail ? 'mail' : 'show');

function showLink(email: string, link: string | null): void {
  if (link === null) print(`A link to set a password is on its way to ${email}.`);
  else print(`With this link, which works once, within half an hour, ${email} sets a password:\n${link}`);
}

/** One line an account, its fields apart by tabs, for programs to read as well. */
function lineOf({ user, lastUsedAt }: UserOverview): string {
  const state = user.disabledAt === null ? 'enabled' : 'disabled';
  const used = lastUsedAt?.toISOString() ?? 'never';
  return [user.email, user.role, state, user.createdAt.toISOString(), used, user.name ?? ''].join('\t');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
