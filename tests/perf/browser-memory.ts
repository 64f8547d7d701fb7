import { readdirSync, readFileSync } from 'node:fs';

export interface RendererMemory {
  /** Peak resident memory of the largest renderer process, MiB. */
  readonly largestMib: number;
  /** Sum of the peaks of all renderer processes of the browser, MiB: a SharedWorker or a spare renderer may have its own. */
  readonly allMib: number;
}

/**
 * Peak memory (VmHWM) of the renderers of the browser that runs on `profile`, from /proc; undefined where there is no /proc.
 * The figure of the system, shared pages of the browser's own code included: what the heap of JavaScript holds is only a part.
 */
export function rendererMemory(profile: string): RendererMemory | undefined {
  const processes = readProcesses();
  const root = processes.find(
    ({ commandLine }) => commandLine.includes(`--user-data-dir=${profile}`) && !commandLine.includes('--type='),
  );
  if (root === undefined) return undefined;
  const peaks = descendants(processes, root.id)
    .filter(({ commandLine }) => commandLine.includes('--type=renderer'))
    .map(({ id }) => peakKib(id) / 1024);
  return { largestMib: Math.max(0, ...peaks), allMib: peaks.reduce((sum, peak) => sum + peak, 0) };
}

interface Process {
  readonly id: string;
  readonly parentId: string;
  readonly commandLine: string;
}

function readProcesses(): readonly Process[] {
  let ids: readonly string[];
  try {
    ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // not Linux
  }
  return ids.flatMap((id) => readProcess(id) ?? []);
}

function readProcess(id: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // The name before the last parenthesis may hold spaces.
    const parentId = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
    return { id, parentId, commandLine: readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    return undefined; // it ended meanwhile
  }
}

function descendants(processes: readonly Process[], rootId: string): readonly Process[] {
  const found: Process[] = [];
  const queue = [rootId];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const children = processes.filter(({ parentId }) => parentId === id);
    found.push(...children);
    queue.push(...children.map((child) => child.id));
  }
  return found;
}

function peakKib(id: string): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
