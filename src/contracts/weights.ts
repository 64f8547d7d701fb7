/** What one file of a model is for. A model has exactly one of each role but `weights`, which come in ordered parts. */
export type ModelFileRole =
  'weights' | 'graph' | 'tensor-map' | 'tokenizer' | 'tokenizer-config' | 'config' | 'generation-config';

/** One file of a model as it lies beside `manifest.json`. */
export interface ModelFile {
  /** Path relative to the folder of the manifest, with `/`. */
  readonly path: string;
  readonly role: ModelFileRole;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal SHA-256 of the whole file. */
  readonly sha256: string;
}

/** `manifest.json`: everything a device needs to know before it downloads a model. */
export interface ModelManifest {
  readonly format: 1;
  /** Short name, also the folder's: `smollm2-135m-instruct`. */
  readonly name: string;
  /** Name for people: `SmolLM2 135M Instruct`. */
  readonly displayName: string;
  /** SHA-256 of the checkpoint the parts were cut from; changes when the weights do. */
  readonly revision: string;
  readonly license: string;
  /** Longest context the model was trained for, in tokens. */
  readonly maxContextTokens: number;
  readonly parameterCount: number;
  /** The checkpoint that the `weights` parts, joined in order, give back byte for byte. */
  readonly weights: { readonly format: 'gguf'; readonly sizeBytes: number; readonly sha256: string };
  /** Files in the order they should be fetched; the `weights` parts are in the order they join. */
  readonly files: readonly ModelFile[];
}

/** How the bytes of a graph's external tensor are made from the checkpoint. */
export type TensorSource =
  | {
      /** `q4_1` and `q8_0` are GGUF block formats of 32 weights; they unfold to float32, transposed to [columns, rows]. */
      readonly kind: 'q4_1' | 'q8_0';
      /** Start of the first block in the checkpoint, bytes. */
      readonly offset: number;
      readonly sizeBytes: number;
      /** Rows (outputs) and columns (inputs) as the checkpoint stores them. */
      readonly rows: number;
      readonly columns: number;
      /** Set for query and key weights: rows are interleaved per head and are put back in half-split order. */
      readonly rotaryHeads?: number;
    }
  | {
      /** Rotary tables, computed: [positions, headSize / 2] float32. */
      readonly kind: 'rotary-cos' | 'rotary-sin';
      readonly positions: number;
      readonly headSize: number;
      readonly theta: number;
    };

/** One tensor that the graph names as external data. */
export interface ExternalTensor {
  readonly name: string;
  /** Place in the graph's virtual data file, bytes: what the runtime asks for. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly source: TensorSource;
}

/** The embedding table, looked up row by row outside the graph. */
export interface EmbeddingTable {
  readonly kind: 'q8_0';
  readonly offset: number;
  readonly sizeBytes: number;
  readonly rows: number;
  readonly columns: number;
}

/** Shape facts of a decoder graph; its inputs and outputs are described in SPEC.md, section "Decoder graph". */
export interface DecoderShape {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly vocabularySize: number;
  /** Longest context the rotary tables cover, tokens. */
  readonly maxContextTokens: number;
  /** Runs of at most this many rows take the shared-buffer branch of the graph, longer ones the plain-attention branch. */
  readonly sharedBufferRows: number;
}

/** The `tensor-map` file beside a decoder graph. */
export interface TensorMap {
  readonly format: 1;
  /** Name that the graph gives its external data file. */
  readonly location: string;
  /** Length of the virtual data file, bytes. */
  readonly sizeBytes: number;
  readonly shape: DecoderShape;
  readonly embedding: EmbeddingTable;
  /** Sorted by place in the checkpoint; the runtime asks for each exactly once, in an order of its own. */
  readonly tensors: readonly ExternalTensor[];
}

/** Where a download stands. Sent at most ten times a second and once at the end. */
export interface DownloadProgress {
  readonly phase: 'checking' | 'downloading' | 'verifying' | 'done';
  readonly receivedBytes: number;
  readonly totalBytes: number;
  /** Bytes per second over the last seconds; null while it is not known. */
  readonly bytesPerSecond: number | null;
  /** Files that were found damaged and fetched again. */
  readonly repairedFiles: number;
}
