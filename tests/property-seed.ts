import * as fc from 'fast-check';

/**
 * `npm test` gives properties one seed, so that a run can be repeated and a change is judged by the change alone. Without
 * `FC_SEED` (a bare vitest, or `FC_SEED=` before the command) every run looks elsewhere and prints the seed of what it finds.
 */
const seed = process.env['FC_SEED'] ?? '';
if (seed !== '') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
