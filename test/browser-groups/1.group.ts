import { runGroup } from '../support/run-group';

runGroup(1, '.browser.ts');
