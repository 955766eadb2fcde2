import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ways to sign in beside the password: accounts at providers, second factors, passkeys. */
export class SignInMethods1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table identities (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        provider text not null check (provider in ('google', 'github', 'oidc')),
        subject text not null check (char_length(subject) <= 255),
        email text check (char_length(email) <= 254),
        name text check (char_length(name) <= 200),
        last_used_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        constraint identities_subject_key unique (provider, subject)
      )`);
    await runner.query(`create index identities_user_id_idx on identities (user_id, created_at)`);
    await runner.query(`
      create table totp (
        user_id uuid primary key references users on delete cascade,
        secret bytea not null,
        confirmed_at timestamptz(3),
        last_step bigint not null default 0,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`
      create table recovery_codes (
        user_id uuid not null references users on delete cascade,
        hash bytea not null,
        used_at timestamptz(3),
        primary key (user_id, hash)
      )`);
    await runner.query(`
      create table passkeys (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        credential_id bytea not null constraint passkeys_credential_id_key unique check (octet_length(credential_id) <= 1023),
        public_key bytea not null,
        counter bigint not null,
        transports text[] not null,
        backed_up boolean not null,
        name text not null check (char_length(name) between 1 and 100),
        last_used_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index passkeys_user_id_idx on passkeys (user_id, created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['passkeys', 'recovery_codes', 'totp', 'identities']) await runner.query(`drop table ${table}`);
  }
}
