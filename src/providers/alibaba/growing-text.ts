/**
 * Text that comes in packets of which nobody knows whether each brings the next piece or repeats all from the start: servers
 * ignore `incremental_output`. Until it is known, only what both readings agree on is given out, so that nothing comes twice
 * and nothing has to be taken back.
 */
export interface GrowingText {
  /** What is new for sure. `outputTokens`: the server's count so far, where it says it; `last` settles the reading. */
  take(packet: string, outputTokens: number | undefined, last: boolean): string;
  /** What was held back, when no more will come. */
  rest(): string;
  /** Whether packets repeat the text; undefined while that is open. */
  repeats(): boolean | undefined;
}

/** A packet that begins with this much of the one before, and goes on, is no coincidence. */
const SURE_LENGTH = 16;
/** Nor is one that does so this many times in a row. */
const SURE_TIMES = 3;

/** `repeats`: how packets are read, where that is known from elsewhere. */
export function createGrowingText(repeats?: boolean): GrowingText {
  let reading = repeats;
  let given = '';
  /** All packets so far as pieces, while that may be right. */
  let joined = '';
  /** The newest packet: all of the text, if packets repeat. */
  let newest = '';
  let newestTokens: number | undefined;
  let tokensBefore: number | undefined;
  let previousLength = 0;
  let growths = 0;

  const give = (text: string): string => {
    const fresh = text.slice(given.length);
    given = text;
    return fresh;
  };
  const settle = (isRepeated: boolean): string => {
    reading = isRepeated;
    const fresh = give(isRepeated ? newest : joined);
    joined = '';
    return fresh;
  };
  const takeRepeated = (packet: string): string => {
    if (packet.startsWith(given)) return give(packet);
    if (given.startsWith(packet)) return '';
    // It repeats no longer: better read on than lose what comes.
    reading = false;
    return give(given + packet);
  };
  const takeOpen = (packet: string, outputTokens: number | undefined): string => {
    previousLength = newest.length;
    tokensBefore = newestTokens;
    newestTokens = outputTokens;
    joined += packet;
    if (!packet.startsWith(newest)) return settle(false);
    growths += packet.length > previousLength && previousLength > 0 ? 1 : 0;
    const isSure = growths >= SURE_TIMES || (previousLength >= SURE_LENGTH && packet.length > previousLength);
    newest = packet;
    return isSure ? settle(true) : give(commonStart(joined, packet));
  };
  const rest = (): string => {
    if (reading !== undefined || joined === newest) return '';
    return settle(fitsRepeating(previousLength, newest.length, tokensBefore, newestTokens));
  };

  return {
    take(packet, outputTokens, last) {
      if (reading === false) return give(given + packet);
      if (reading === true) return takeRepeated(packet);
      // A server that repeats would not end with nothing.
      if (packet === '') return last && joined !== newest ? settle(false) : '';
      const fresh = takeOpen(packet, outputTokens);
      return last ? fresh + rest() : fresh;
    },
    rest,
    repeats: () => reading,
  };
}

/**
 * Which reading the token counts fit: as much text per token in the newest packet as in the one before. Without counts
 * packets repeat: nothing may come twice.
 */
function fitsRepeating(
  lengthBefore: number,
  length: number,
  tokensBefore: number | undefined,
  tokens: number | undefined,
): boolean {
  if (!tokensBefore || tokens === undefined || lengthBefore === 0) return true;
  const growth = length / lengthBefore;
  const ifRepeated = tokens / tokensBefore;
  const ifPiece = (tokens - tokensBefore) / tokensBefore;
  return Math.abs(growth - ifRepeated) <= Math.abs(growth - ifPiece);
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
