/** RFC 4180, strictly: fields by CR LF and comma, quotes doubled. Lines as records by the header. */
export function parseCsv(text: string): Record<string, string>[] {
  const lines: string[][] = [[]];
  let rest = text;
  while (rest !== '') {
    const [whole, quoted, plain = '', end = ''] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/u.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`No CSV: ${JSON.stringify(rest.slice(0, 40))}`);
    lines.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    if (end === '\r\n') lines.push([]);
  }
  if (lines.pop()?.length !== 0) throw new Error('The last line has no end.');
  const [header = [], ...records] = lines;
  return records.map((fields) => {
    if (fields.length !== header.length) throw new Error(`A line of ${fields.length} fields for ${header.length}.`);
    return Object.fromEntries(header.map((name, place) => [name, fields[place] ?? '']));
  });
}

export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: PrometheusSample[];
}

/** The text format 0.0.4, strictly: each metric has HELP and TYPE first and its samples right after. */
export function parsePrometheus(text: string): PrometheusMetric[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const metrics: PrometheusMetric[] = [];
  let help: [string, string] = ['', ''];
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/u.exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') help = [name, rest];
      else metrics.push({ name, help: help[0] === name ? help[1] : '', type: rest, samples: [] });
      continue;
    }
    const sample = sampleOf(line);
    const metric = metrics.at(-1);
    const base = metric?.type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/u, '') : sample.name;
    if (metric?.name !== base) throw new Error(`A sample of another metric: ${line}`);
    metric.samples.push(sample);
  }
  return metrics;
}

function sampleOf(line: string): PrometheusSample {
  const [, name = '', , pairs = '', number = ''] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$/u.exec(line) ??
    [];
  const value = Number(number);
  if (name === '' || Number.isNaN(value)) throw new Error(`No sample: ${line}`);
  const labels = [...pairs.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/gu)].map(([, label = '', text = '']) => [
    label,
    text.replace(/\\(.)/gu, (_all, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  ]);
  return { name, labels: Object.fromEntries(labels) as Record<string, string>, value };
}
