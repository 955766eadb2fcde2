import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { ForbiddenError } from '../../common/problem';
import { secretHash } from '../../common/secret-token';
import { Config } from '../../config/config';
import { Invitation } from '../invitations/invitation.entity';

/** Somebody who asks for an account. */
export interface Registrant {
  email: string;
  /** The secret of the link in an invitation. */
  invitation?: string;
  /** Whether a provider says that the address is theirs. */
  emailVerifiedByProvider?: boolean;
}

/** Who may make an account: `REGISTRATION`, and the invitations. Every way to register asks here first. */
@Injectable()
export class RegistrationPolicy {
  constructor(private readonly config: Config) {}

  /**
   * Uses the invitation of the address up, in the caller's transaction, in which the account is made next. The row is locked: of two at once, one gets it.
   * Whoever has the secret of a link, which went to the address, or comes from a provider that verified it, is the one who was invited.
   * @returns whether the address is proven to be theirs.
   * @throws ForbiddenError `registration-closed`
   */
  async require(manager: EntityManager, registrant: Registrant): Promise<{ emailVerified: boolean }> {
    const { REGISTRATION: mode } = this.config;
    if (mode === 'closed') throw refusal('Nobody can register here: an administrator makes the accounts');
    const invited = await acceptInvitation(manager, registrant);
    if (mode === 'invite' && !invited) {
      throw refusal('Registering needs an invitation that is for this address, unused, and not expired');
    }
    return { emailVerified: invited || registrant.emailVerifiedByProvider === true };
  }
}

/** Marks the invitation as accepted; false when there is none that this registrant may use. */
async function acceptInvitation(manager: EntityManager, registrant: Registrant): Promise<boolean> {
  const { email, invitation, emailVerifiedByProvider = false } = registrant;
  if (invitation === undefined && !emailVerifiedByProvider) return false;
  const found = await manager.findOne(Invitation, {
    where: {
      email,
      acceptedAt: IsNull(),
      expiresAt: MoreThan(new Date()),
      // Verified by a provider, the address itself is the proof.
      ...(emailVerifiedByProvider || invitation === undefined ? {} : { hash: secretHash(invitation) }),
    },
    lock: { mode: 'pessimistic_write' },
  });
  if (found === null) return false;
  await manager.update(Invitation, { id: found.id }, { acceptedAt: new Date() });
  return true;
}

function refusal(detail: string): ForbiddenError {
  return new ForbiddenError('registration-closed', detail);
}
