import type { ProviderConfig } from '../../../src/contracts/provider.ts';
import { createAdapter } from '../../../src/providers/create-adapter.ts';
import { depsOf, hear, requestOf, type Heard } from '../../contract/providers/bench.ts';
import type { Subject } from '../../contract/providers/subjects.ts';
import type { ScenarioName } from '../../servers/fake-providers/scenarios.ts';
import type { FakeProviders } from '../../servers/fake-providers/start-fake-providers.ts';

/** What a server sent in answer to a chat, byte for byte, and what came before it. */
export interface RecordedStream {
  readonly bytes: Uint8Array;
  /** The adapter's answer to the stream, its body in these chunks; `breaks` ends it with an error. */
  replay(chunks: readonly Uint8Array[], breaks?: boolean): Promise<Heard>;
}

/** Lets an adapter chat with its fake once, and plays back what it was sent. */
export async function recordStream(
  fakes: FakeProviders,
  subject: Subject,
  scenario: ScenarioName,
): Promise<RecordedStream> {
  fakes.control.reset();
  fakes.control.setScenario(scenario, { provider: subject.fake });
  const before: { readonly init: ResponseInit; readonly text: string }[] = [];
  let last: { readonly init: ResponseInit; readonly bytes: Uint8Array } | undefined;
  const adapterWith = (fetch: typeof globalThis.fetch) =>
    createAdapter(
      configOf(fakes, subject),
      'KEY' in subject.secrets ? 'KEY' : null,
      depsOf(subject, (url, init) => fetch(url, init)),
    );
  const signal = new AbortController().signal;

  const { error } = await hear(
    adapterWith(async (url, init) => {
      const response = await globalThis.fetch(url, init);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const kept: ResponseInit = { status: response.status, headers: [...response.headers] };
      if (last) before.push({ init: last.init, text: new TextDecoder().decode(last.bytes) });
      last = { init: kept, bytes };
      return new Response(bytes, kept);
    }).generateStream(requestOf(subject), signal),
  );
  const recorded = last;
  if (!recorded || error) throw error ?? new Error('The adapter sent nothing.');
  return {
    bytes: recorded.bytes,
    replay(chunks, breaks = false) {
      const answers = before.map(({ init, text }) => new Response(text, init));
      const fetch = () => Promise.resolve(answers.shift() ?? new Response(bodyOf(chunks, breaks), recorded.init));
      return hear(adapterWith(fetch).generateStream(requestOf(subject), signal));
    },
  };
}

function configOf(fakes: FakeProviders, subject: Subject): ProviderConfig {
  return {
    label: 'property',
    baseUrl: fakes.urls[subject.fake],
    proxy: 'off',
    models: [],
    keys: 'KEY' in subject.secrets ? ['KEY'] : [],
    ...subject.config,
  };
}

function bodyOf(chunks: readonly Uint8Array[], breaks: boolean): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk) controller.enqueue(chunk);
      else if (breaks) controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
}

/** The bytes cut at the given places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const edges = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.slice(edges[index], end));
}
