/** The reader of YAML is large and seldom needed: a chunk of its own. */
export const loadReader = () => import('../config/index.ts');
