import { runGroup } from '../support/run-group';

runGroup(2, '.browser.ts');
