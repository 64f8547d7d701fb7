import { invalidCheckpoint, unsupportedModel } from '../convert-error.ts';
import type { GgufHeader } from '../gguf/gguf-types.ts';
import { metadataValues, type MetadataValues } from '../gguf/metadata-values.ts';

/** JSON documents that Transformers.js reads. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface TokenizerFiles {
  /** `tokenizer.json`: byte-level BPE, its vocabulary and its special tokens. */
  readonly tokenizer: JsonObject;
  /** `tokenizer_config.json`: which tokens begin, end and pad, and the chat template. */
  readonly tokenizerConfig: JsonObject;
  /** Tokens that end a reply: the end of a turn, and the end of a document where the vocabulary has one. */
  readonly endTokenIds: readonly number[];
  readonly startTokenId: number;
  readonly padTokenId: number;
}

// gguf's token types: 3 is control, 4 is user defined. Both are matched before the text is split.
const ADDED_TOKEN_TYPES: ReadonlySet<number> = new Set([3, 4]);
const CONTROL_TOKEN_TYPE = 3;
const END_OF_DOCUMENT = '<|endoftext|>';

const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const DIGITS = { type: 'Digits', individual_digits: true };

/** How text is split before merging, by the name llama.cpp gives the splitter (llama-vocab.cpp, `tokenizer_pre`). */
const PRE_TOKENIZERS: Readonly<Record<string, readonly JsonObject[]>> = {
  'gpt-2': [BYTE_LEVEL],
  smollm: [DIGITS, BYTE_LEVEL],
};

/**
 * Makes the tokenizer's files from the metadata of a GGUF header. Throws `convert/unsupported` for a tokenizer that is not
 * byte-level BPE or splits text in a way we do not know, `convert/invalid-checkpoint` for a vocabulary that contradicts itself.
 */
export function makeTokenizerFiles(header: Pick<GgufHeader, 'metadata'>): TokenizerFiles {
  const values = metadataValues(header);
  const vocabulary = readVocabulary(values);
  const tokenAt = (id: number): string => {
    const token = vocabulary.tokens[id];
    if (token === undefined) throw invalidCheckpoint(`The vocabulary has no token ${id}`, { id });
    return token;
  };
  const end = values.integer('tokenizer.ggml.eos_token_id');
  const start = values.integer('tokenizer.ggml.bos_token_id', end);
  const pad = values.integer('tokenizer.ggml.padding_token_id', end);
  const unknown = values.integer('tokenizer.ggml.unknown_token_id', end);
  const endOfDocument = vocabulary.tokens.indexOf(END_OF_DOCUMENT);
  return {
    tokenizer: tokenizerJson(vocabulary, splitters(values)),
    tokenizerConfig: {
      tokenizer_class: 'GPT2Tokenizer',
      add_prefix_space: false,
      add_bos_token: false,
      bos_token: tokenAt(start),
      eos_token: tokenAt(end),
      pad_token: tokenAt(pad),
      unk_token: tokenAt(unknown),
      model_max_length: values.integer('llama.context_length'),
      clean_up_tokenization_spaces: false,
      ...(values.has('tokenizer.chat_template') ? { chat_template: values.text('tokenizer.chat_template') } : {}),
    },
    endTokenIds: [...new Set([end, endOfDocument])].filter((id) => id >= 0),
    startTokenId: start,
    padTokenId: pad,
  };
}

interface Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly merges: readonly string[];
}

function readVocabulary(values: MetadataValues): Vocabulary {
  const model = values.text('tokenizer.ggml.model');
  if (model !== 'gpt2') {
    throw unsupportedModel(`Tokenizers of kind "${model}" are not converted; "gpt2" (byte-level BPE) is`, { model });
  }
  const tokens = values.texts('tokenizer.ggml.tokens');
  const types = values.integers('tokenizer.ggml.token_type');
  if (types.length !== tokens.length || new Set(tokens).size !== tokens.length) {
    throw invalidCheckpoint('The vocabulary has tokens without a type or twice', {
      tokens: tokens.length,
      types: types.length,
    });
  }
  return { tokens, types, merges: values.texts('tokenizer.ggml.merges') };
}

function splitters(values: MetadataValues): readonly JsonObject[] {
  const name = values.text('tokenizer.ggml.pre', 'gpt-2');
  const found = Object.hasOwn(PRE_TOKENIZERS, name) ? PRE_TOKENIZERS[name] : undefined;
  if (found === undefined) {
    throw unsupportedModel(`The tokenizer splits text the "${name}" way, which is not converted`, { name });
  }
  if (values.flag('tokenizer.ggml.add_bos_token', false)) {
    throw unsupportedModel('A tokenizer that adds a start token to every text is not converted');
  }
  return found;
}

function tokenizerJson({ tokens, types, merges }: Vocabulary, pretokenizers: readonly JsonObject[]): JsonObject {
  const added = tokens
    .map((content, id) => ({ id, content, type: types[id] ?? 0 }))
    .filter(({ type }) => ADDED_TOKEN_TYPES.has(type))
    .map(({ id, content, type }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: type === CONTROL_TOKEN_TYPE,
    }));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      // JavaScript moves keys that look like numbers ("0" … "9") to the front; readers go by the ids, not by the order.
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}
