import { passwordFault } from './password-policy';
import { hashPassword, needsRehash, verifyPassword } from './passwords';
import { hash } from '@node-rs/argon2';

const faultOf = (password: string, email = 'ada.lovelace@example.org'): string | undefined =>
  passwordFault(password, email)?.code;

describe('the rules for passwords', () => {
  it.each([
    'correct horse battery',
    'Xk7#mQ2$vL9p',
    'eine kleine Nachtmusik',
    'дом у синего моря',
    '静かな夜に本を読む人の家族',
    '😀😎🤖👻🎃🦊🐙🌵🍄🚀🎈🧲',
    'password but a longer sentence',
    'ada.lovelace likes tea',
  ])('let %s pass', (password) => {
    expect(faultOf(password)).toBeUndefined();
  });

  it.each([
    ['listed', 'administrator'],
    ['listed, in capitals', 'ADMINISTRATOR'],
    ['listed, in full-width letters', 'ａｄｍｉｎｉｓｔｒａｔｏｒ'],
    ['repeated', 'dragondragon'],
    ['repeated in part', 'passwordpass'],
    ['repeated three times', 'LetmeinLetmeinLetmein'],
    ['the name of the product', 'Commonplace26'],
    ['with digits after it', 'Password1234'],
    ['with digits and signs around it', '12!dragon!3456'],
    ['repeated, with digits', 'monkeymonkey99'],
    ['filled up with its last letter', 'passwordddddd'],
    ['filled up with another letter', 'dragonxxxxxxx'],
    ['one character', 'zzzzzzzzzzzz'],
    ['two characters', 'abababababab'],
    ['counting up', '123456789012345'],
    ['counting down', '987654321098'],
    ['the alphabet', 'abcdefghijklmno'],
  ])('refuse a password that is %s: %s', (_, password) => {
    expect(faultOf(password)).toBe('commonPassword');
  });

  it.each([
    'ada.lovelace@example.org',
    'ADA.Lovelace@Example.org',
    'Ada.Lovelace',
    'ada.lovelace1815',
    'ada.lovelaceada.lovelace',
  ])('refuse what is made of the address: %s', (password) => {
    expect(faultOf(password)).toBe('isAddress');
  });

  it('take the part before the last @ as the name of the address, and no empty one', () => {
    expect(faultOf('an odd@name here', '"an odd@name here"@example.org')).toBeUndefined();
    expect(faultOf('1234567890!!', '1@example.org')).toBeUndefined();
  });

  it.each([
    ['11 characters', 'k7#mQ2$vL9p'],
    ['129 characters', 'k7#mQ2$vL9p '.repeat(11).slice(0, 129)],
    ['so many code units that only to look at them would hurt', 'ab1'.repeat(400)],
  ])('refuse %s', (_, password) => {
    expect(faultOf(password)).toBe('isPassword');
  });

  it.each([
    ['of different letters', Array.from({ length: 128 }, (_, at) => String.fromCodePoint(0x4e00 + at * 7)).join('')],
    ['that nearly repeats itself, of signs', `x${'!!?'.repeat(42)}y`],
  ])('say in a moment that the longest password %s is good', (_, password) => {
    const began = performance.now();
    expect(faultOf(password)).toBeUndefined();
    // A pattern that backtracks would take minutes; the list is read in some ten milliseconds.
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('hashes of passwords', () => {
  it('match the password on every keyboard, and no other', async () => {
    const made = await hashPassword('pässwort-lang-genug'.normalize('NFD'));
    expect(await verifyPassword(made, 'pässwort-lang-genug'.normalize('NFC'))).toBe(true);
    expect(await verifyPassword(made, 'pässwort-lang-genuh')).toBe(false);
    expect(await verifyPassword(null, 'no account has this password')).toBe(false);
    expect(needsRehash(made)).toBe(false);
  });

  it.each([
    ['less memory', { memoryCost: 8_192 }],
    ['fewer passes', { timeCost: 1 }],
    ['another algorithm', { algorithm: 1 }],
  ])('with %s than today are made anew', async (_, options) => {
    expect(needsRehash(await hash('correct horse battery', options))).toBe(true);
  });

  it('with more than today are left alone', async () => {
    expect(needsRehash(await hash('correct horse battery', { timeCost: 3 }))).toBe(false);
  });
});
