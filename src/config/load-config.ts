import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { messageOf } from '../common/errors';
import { Config } from './config';
import { keptSecret } from './kept-secret';

/** All that is wrong with the environment, at once: `problems` holds `VARIABLE: what was expected`. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the settings from `environment` (default: `process.env`). Blank variables count as absent; `NAME_FILE` may hold the path of a file with the value (Docker and Kubernetes secrets).
 * Outside production, a missing `JWT_SECRET` or `ENCRYPTION_KEY` is made up and kept under `DATA_DIR` (mode 600), so that sign-ins survive
 * a restart.
 * @throws ConfigError naming every variable at fault and what was expected of it.
 */
export function loadConfig(environment: Environment = process.env): Config {
  const { values, faults } = readValues(environment);
  const config = plainToInstance(Config, values, { exposeDefaultValues: true });
  for (const error of validateSync(config, { validationError: { target: false } })) {
    if (faults.has(`${error.property}_FILE`)) continue;
    const expected = Object.values(error.constraints ?? {});
    faults.set(error.property, `${expected.at(-1) ?? 'is not valid'}${shown(error.property, values)}`);
  }
  if (faults.size > 0) throw new ConfigError([...faults].map(([name, fault]) => `${name}: ${fault}`));
  return withKeptSecrets(config);
}

function readValues(environment: Environment): { values: Environment; faults: Map<string, string> } {
  const values: Environment = {};
  const faults = new Map<string, string>();
  for (const name of variableNames()) {
    const value = environment[name];
    const file = environment[`${name}_FILE`];
    if (value?.trim()) values[name] = value;
    if (!file?.trim()) continue;
    try {
      if (values[name] !== undefined) throw new Error(`${name} is set as well: use only one of the two`);
      values[name] = readFileSync(file, 'utf8').trim();
      if (values[name] === '') throw new Error(`${file} is empty`);
    } catch (error) {
      faults.set(`${name}_FILE`, messageOf(error));
    }
  }
  return { values, faults };
}

function withKeptSecrets(config: Config): Config {
  const { dataDir, JWT_SECRET, ENCRYPTION_KEY } = config;
  if (JWT_SECRET !== undefined && ENCRYPTION_KEY !== undefined) return config;
  try {
    return Object.assign(new Config(), config, {
      JWT_SECRET: JWT_SECRET ?? keptSecret(dataDir, 'jwt-secret'),
      ENCRYPTION_KEY: ENCRYPTION_KEY ?? keptSecret(dataDir, 'encryption-key'),
    });
  } catch (error) {
    throw new ConfigError([`DATA_DIR: cannot be used (${messageOf(error)})`]);
  }
}

/** The names of all variables that `Config` knows. */
export function variableNames(): string[] {
  return Object.keys(new Config()).filter((name) => name === name.toUpperCase());
}

/** What was found, for the message; never a secret nor an address that may hold one. */
function shown(name: string, values: Environment): string {
  const value = values[name];
  if (value === undefined) return ' (it is not set)';
  return /SECRET|ENCRYPTION|_URL$/.test(name) ? '' : ` (it is ${JSON.stringify(value)})`;
}
