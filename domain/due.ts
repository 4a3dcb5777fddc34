/** Spreads what is due over a few partitions of an index, by the last character of its id. */
export const dueShard = (id: string): string =>
  `${"0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(id.slice(-1)) % 8}`;
