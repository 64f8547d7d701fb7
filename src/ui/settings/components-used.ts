/** What the built app contains that others wrote. */
export const COMPONENTS: readonly { readonly name: string; readonly licence: string }[] = [
  { name: 'SmolLM2-135M-Instruct', licence: 'Apache-2.0' },
  { name: 'ONNX Runtime Web', licence: 'MIT' },
  { name: 'Transformers.js', licence: 'Apache-2.0' },
  { name: 'Svelte', licence: 'MIT' },
  { name: 'Tailwind CSS', licence: 'MIT' },
  { name: 'Lucide', licence: 'ISC' },
  { name: 'Marked', licence: 'MIT' },
  { name: 'remend', licence: 'Apache-2.0' },
  { name: 'highlight.js', licence: 'BSD-3-Clause' },
  { name: 'Comlink', licence: 'Apache-2.0' },
  { name: 'idb', licence: 'ISC' },
  { name: 'Workbox', licence: 'MIT' },
  { name: 'Protobuf-ES', licence: 'Apache-2.0, BSD-3-Clause' },
];
