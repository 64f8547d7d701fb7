/** The k most likely tokens, without sorting the vocabulary: a heap whose root is the least of those kept. */
export function topK(logits: Float32Array, k: number): number[] {
  const heap = new Int32Array(Math.min(k, logits.length));
  for (let token = 0; token < heap.length; token += 1) {
    heap[token] = token;
    siftUp(heap, logits, token);
  }
  const leastKept = (): number => logits[heap[0] ?? 0] ?? 0;
  let least = leastKept();
  for (let token = heap.length; token < logits.length; token += 1) {
    // Equal to the least is not better: of equal tokens the lower id stays.
    if (!((logits[token] ?? 0) > least)) continue;
    heap[0] = token;
    siftDown(heap, logits);
    least = leastKept();
  }
  return sortByLikelihood(Array.from(heap), logits);
}

/** Tokens whose logit is at least `floor`, most likely first. */
export function atLeast(logits: Float32Array, floor: number): number[] {
  const tokens: number[] = [];
  for (let token = 0; token < logits.length; token += 1) {
    if ((logits[token] ?? 0) >= floor) tokens.push(token);
  }
  return sortByLikelihood(tokens, logits);
}

/** The most likely token; the lowest id of equals. */
export function mostLikely(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token += 1) {
    if ((logits[token] ?? 0) > (logits[best] ?? 0)) best = token;
  }
  return best;
}

function sortByLikelihood(tokens: number[], logits: Float32Array): number[] {
  return tokens.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
}

/** True when a should leave the heap before b: it is less likely, or as likely with the higher id. */
function isLess(a: number, b: number, logits: Float32Array): boolean {
  const left = logits[a] ?? 0;
  const right = logits[b] ?? 0;
  return left < right || (left === right && a > b);
}

function siftUp(heap: Int32Array, logits: Float32Array, start: number): void {
  let child = start;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!isLess(heap[child] ?? 0, heap[parent] ?? 0, logits)) return;
    swap(heap, child, parent);
    child = parent;
  }
}

function siftDown(heap: Int32Array, logits: Float32Array): void {
  for (let parent = 0; ;) {
    let child = 2 * parent + 1;
    if (child >= heap.length) return;
    if (child + 1 < heap.length && isLess(heap[child + 1] ?? 0, heap[child] ?? 0, logits)) child += 1;
    if (!isLess(heap[child] ?? 0, heap[parent] ?? 0, logits)) return;
    swap(heap, child, parent);
    parent = child;
  }
}

function swap(heap: Int32Array, a: number, b: number): void {
  const kept = heap[a] ?? 0;
  heap[a] = heap[b] ?? 0;
  heap[b] = kept;
}
