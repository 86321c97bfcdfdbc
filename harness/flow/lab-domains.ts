/**
 * What of an address leads out of the lab: the first domain behind an `@` that is neither one of the lab's nor below one.
 * undefined where nothing does: what is no address leads nowhere.
 */
export function foreignDomain(address: string, domains: readonly string[]): string | undefined {
  const named = [...address.matchAll(/@([^@\s,;<>"()]+)/g)].map(([, domain = '']) => domain.toLowerCase());
  return named.find((domain, at) => {
    // `no@body@lab.example`: a single word before another @ is nobody's domain.
    if (at < named.length - 1 && !domain.includes('.')) return false;
    return !domains.some((own) => isWithin(domain, own.toLowerCase()));
  });
}

function isWithin(domain: string, own: string): boolean {
  return domain === own || domain.endsWith(`.${own}`);
}
