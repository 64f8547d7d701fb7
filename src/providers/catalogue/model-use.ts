import type { ModelTask } from '../../contracts/model.ts';

const EMBEDDING =
  /(?:^|[-_/.])(?:embed(?:ding)?s?|embeddinggemma|bge|e5|gte|tao|m2-bert|minilm|uae|voyage)(?=[-_/.:\d]|$)/u;

const OTHER =
  /(?:^|[-_/.:])(?:whisper|tts|asr|transcribe|transcription|audio|speech|voice|sing|realtime|live|dall-e|image|images|imagen|irag|sora|video|veo|wan|wanx|flux|stable-diffusion|sdxl|seedream|kling|moderation|guard|shieldgemma|rerank|reranker|babbage|davinci|ada-\d+|deep-research|computer-use|cosyvoice|paraformer|sensevoice|musesteamer|t2i|i2i|t2v|i2v|s2v)(?=[-_/.:\d]|$)/u;

/** Made for the old completions endpoint, which no adapter speaks. */
const COMPLETIONS_ONLY = /^gpt-3\.5-turbo-instruct/u;

/**
 * What a model that a provider lists can be used for here, judged by its name; undefined for what neither chats nor embeds
 * text: speech, images, video, moderation, ranking, realtime.
 */
export function taskByName(name: string): Extract<ModelTask, 'text_generation' | 'embedding'> | undefined {
  const lower = name.toLowerCase();
  if (COMPLETIONS_ONLY.test(lower) || /multimodal-embedding|embedding-vision/u.test(lower)) return undefined;
  if (/rerank/u.test(lower)) return undefined;
  if (EMBEDDING.test(lower)) return 'embedding';
  return OTHER.test(lower) ? undefined : 'text_generation';
}
