import type { EngineInfo } from '../contracts/engine.ts';
import type { Decoder } from './decoder/decoder.ts';
import type { Sequence } from './decoder/sequence.ts';
import type { OrtRuntime } from './runtime/ort-runtime.ts';
import type { ChatTokenizer } from './text/chat-tokenizer.ts';
import type { GenerationConfig } from './text/generation-config.ts';
import type { ReplyMemory } from './text/reply-memory.ts';

/** A model in memory, ready to write. */
export interface LoadedModel {
  readonly info: EngineInfo;
  readonly runtime: Pick<OrtRuntime, 'bytes'>;
  readonly decoder: Decoder;
  readonly sequence: Sequence;
  readonly tokenizer: ChatTokenizer;
  readonly replies: ReplyMemory;
  readonly config: GenerationConfig;
}
