/** A secret that stood in the text itself, to be stored in the vault under this name. */
export interface FoundSecret {
  readonly name: string;
  readonly value: string;
}

/** Gives names to secrets that stand in the text itself. */
export interface SecretNames {
  /** A name that nothing else in the text has; the same one for the same value of the same owner. */
  store(label: string, suffix: 'API_KEY' | 'SECRET_KEY', value: string): string;
  readonly found: readonly FoundSecret[];
}

const REFERENCES = /\$\{([A-Za-z_]\w{0,99})\}/gu;

export function createSecretNames(text: string): SecretNames {
  const taken = new Set(Array.from(text.matchAll(REFERENCES), ([, name]) => name ?? ''));
  const found: FoundSecret[] = [];
  const nameOfValue = new Map<string, string>();
  const counts = new Map<string, number>();

  function freeName(base: string): string {
    let count = counts.get(base) ?? 0;
    let name: string;
    do {
      count += 1;
      name = count === 1 ? base : `${base}_${count}`;
    } while (taken.has(name));
    counts.set(base, count);
    taken.add(name);
    return name;
  }

  return {
    store(label, suffix, value) {
      const base = `${environmentName(label)}_${suffix}`;
      const known = nameOfValue.get(`${base} ${value}`);
      if (known !== undefined) return known;
      const name = freeName(base);
      nameOfValue.set(`${base} ${value}`, name);
      found.push({ name, value });
      return name;
    },
    found,
  };
}

function environmentName(label: string): string {
  const name = label
    .toUpperCase()
    .replace(/[^A-Z0-9]/gu, '_')
    .slice(0, 60);
  return /^\d/u.test(name) ? `_${name}` : name;
}
