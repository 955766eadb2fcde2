import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ProviderId } from '../../config/provider-settings';

/** An account at a provider that signs into one of ours. */
@Entity('identities')
export class Identity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  @Column('text')
  provider!: ProviderId;

  /** The provider's id of the account. */
  @Column('text')
  subject!: string;

  /** As the provider said it last; says nothing about who may sign in. */
  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
