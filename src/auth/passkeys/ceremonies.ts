import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { parse } from 'uuid';
import type { User } from '../../users/user.entity';
import type { Passkey } from './passkey.entity';
import type { RelyingParty } from './relying-party';

/** Loaded with the first passkey: it would be a tenth of what the server loads at its start. */
const webAuthn = async () => ({
  ...(await import('@simplewebauthn/server')),
  ...(await import('@simplewebauthn/server/helpers')),
});
type WebAuthn = Awaited<ReturnType<typeof webAuthn>>;

/** What every authenticator has one of (WebAuthn Level 3, 5.4; RFC 9053): EdDSA, ES256, RS256. Named, so that all replicas ask for the same. */
const ALGORITHMS = [-8, -7, -257];

/** As long as the ticket is good. */
const TIMEOUT_MS = 300_000;

/** WebAuthn Level 3, 5.8.4; others may come, and are left out. */
const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal'];

/** What is kept of a new passkey. */
export type NewPasskey = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backedUp'>;

/** A response that is not what was asked for. Its message says why, and holds no secret. */
export class CeremonyError extends Error {}

/** What `navigator.credentials.create` is to make: a passkey that is found without a name, and that asks its user for a finger, a face or a PIN. */
export async function creationOptions(
  party: RelyingParty,
  user: User,
  existing: Passkey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await webAuthn();
  return generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name,
    userID: userHandleOf(user.id),
    userName: user.email,
    userDisplayName: user.name ?? user.email,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: existing.map(({ credentialId, transports }) => ({
      id: credentialId.toString('base64url'),
      transports,
    })),
    timeout: TIMEOUT_MS,
  });
}

/** What `navigator.credentials.get` is to sign: with any passkey of this server, so that nothing is said about accounts. */
export async function requestOptions(party: RelyingParty): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webAuthn();
  return generateAuthenticationOptions({ rpID: party.id, userVerification: 'required', timeout: TIMEOUT_MS });
}

/** WebAuthn Level 3, 7.1. @throws CeremonyError */
export function verifyCreation(
  party: RelyingParty,
  response: RegistrationResponseJSON,
  challenge: string,
): Promise<NewPasskey> {
  return orCeremonyError(async () => {
    const library = await webAuthn();
    refuseFrames(library, response.response.clientDataJSON);
    refuseCertificates(library, response.response.attestationObject);
    const { verified, registrationInfo } = await library.verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origins,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) throw new CeremonyError('The attestation is not right');
    const { credential, credentialBackedUp } = registrationInfo;
    // The id that the authenticator signed, not the one beside it.
    if (credential.id !== response.id) throw new CeremonyError('The id is not that of the credential');
    const transports: unknown = response.response.transports;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      counter: String(credential.counter),
      transports: TRANSPORTS.filter((transport) => Array.isArray(transports) && transports.includes(transport)),
      backedUp: credentialBackedUp,
    };
  });
}

/** WebAuthn Level 3, 7.2; a counter that did not grow means a copy of the authenticator, and is refused (6.1.1). @throws CeremonyError */
export function verifyAssertion(
  party: RelyingParty,
  passkey: Passkey,
  response: AuthenticationResponseJSON,
  challenge: string,
): Promise<Pick<Passkey, 'counter' | 'backedUp'>> {
  return orCeremonyError(async () => {
    const library = await webAuthn();
    refuseFrames(library, response.response.clientDataJSON);
    if (response.response.userHandle !== library.isoBase64URL.fromBuffer(userHandleOf(passkey.userId))) {
      throw new CeremonyError('The passkey is of another user');
    }
    const { verified, authenticationInfo } = await library.verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origins,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId.toString('base64url'),
        publicKey: Uint8Array.from(passkey.publicKey),
        counter: Number(passkey.counter),
      },
    });
    if (!verified) throw new CeremonyError('The signature is not right');
    return { counter: String(authenticationInfo.newCounter), backedUp: authenticationInfo.credentialBackedUp };
  });
}

/** What the authenticator keeps of the account: the id, which says nothing of a person (14.6.1). */
function userHandleOf(userId: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parse(userId));
}

/** Our pages are never in frames of other origins; Safari does not yet say in whose (13.4.2). */
function refuseFrames({ decodeClientDataJSON }: WebAuthn, clientDataJson: string): void {
  if (decodeClientDataJSON(clientDataJson).crossOrigin)
    throw new CeremonyError('It was made in a frame of another origin');
}

/**
 * We ask for no attestation, so browsers send none, or one that the key signs itself. Certificates are not even looked at: the library would follow
 * addresses in them.
 */
function refuseCertificates({ decodeAttestationObject, isoBase64URL }: WebAuthn, attestationObject: string): void {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  const isSelf = attestation.get('fmt') === 'packed' && attestation.get('attStmt').get('x5c') === undefined;
  if (attestation.get('fmt') !== 'none' && !isSelf) throw new CeremonyError('No attestation was asked for');
}

/** The library throws plain errors, and CBOR or base64 that is none makes it throw anything; all of it is about what was sent. */
async function orCeremonyError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CeremonyError) throw error;
    throw new CeremonyError(error instanceof Error ? error.message.slice(0, 300) : 'It cannot be read', {
      cause: error,
    });
  }
}
