const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = ['.group.ts', '.browser.ts', '.ts'];
const rank = ({ path }) => LONGEST.findIndex((end) => path.endsWith(end));

/** The long files first, so that no worker is left with one at the end. By itself, Jest knows which they are only from the run before. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return Array.from(tests).sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
  }
};
