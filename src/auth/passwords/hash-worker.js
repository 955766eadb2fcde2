// What the threads of ./passwords.ts run. JavaScript, since Node loads it into them by itself: nothing compiles it on the way, in tests either.
const { hashSync, verifySync } = require('@node-rs/argon2');

module.exports = {
  /** @param {{ password: string, parameters: import('@node-rs/argon2').Options }} task */
  hash: ({ password, parameters }) => hashSync(password, parameters),

  /** @param {{ passwordHash: string, password: string }} task */
  verify: ({ passwordHash, password }) => verifySync(passwordHash, password),
};
