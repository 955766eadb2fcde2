import 'reflect-metadata';
import { Command, InvalidArgumentError } from 'commander';
import { version } from '../package.json';
import { doctorCommand } from './commands/doctor.command';
import { importCommand } from './commands/import.command';
import { migrateCommand } from './commands/migrate.command';
import { userCommands } from './commands/user.commands';
import { ConfigError } from './config/load-config';
import { ProblemError } from './common/problem';

const program = new Command('commonplace')
  .description('Commands of the Commonplace server; they read the same environment variables.')
  .version(version);

program
  .command('migrate')
  .description('bring the database up to date (any number may run at once)')
  .option('--down <steps>', 'undo the last migrations instead', wholeNumber)
  .action((options: { down?: number }) => migrateCommand(options));

program
  .command('doctor')
  .description('check the configuration, the database and the queue, and say what is wrong')
  .action(() => doctorCommand());

program
  .command('import')
  .description('import a zip or a folder of Markdown files, one Markdown file, or a bookmarks file')
  .argument('<path>', 'the file or folder')
  .requiredOption('--user <email>', 'whose notes they become')
  .option('--format <format>', 'auto, markdown or netscape', 'auto')
  .action((path: string, options: { user: string; format: string }) => importCommand(path, options));

program.addCommand(userCommands());

program.parseAsync().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof ProblemError || error instanceof Error;
  process.stderr.write(`${known ? error.message : String(error)}\n`);
  process.exit(1);
});

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}
