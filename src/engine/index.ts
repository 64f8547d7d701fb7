export { createEngine, type EngineDeps } from './create-engine.ts';
