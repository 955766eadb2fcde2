import { siteOf } from '../bookmark-url';
import { cleanTagName } from '../tag-name';
import { parseDateInterval } from './date-interval';
import { FilterNode, HAS_VALUES, IS_VALUES } from './search-node';
import { FilterField } from './search-tokens';

/** Reads `field:value`. Returns null if the value is not one that the field takes; `filterProblem()` says what it takes. */
export function parseFilter(field: FilterField, value: string): FilterNode | null {
  switch (field) {
    case 'tag':
    case 'in': {
      const name = cleanTagName(value);
      return name === '' ? null : { type: field === 'in' ? 'notebook' : field, name };
    }
    case 'is': {
      const known = oneOf(IS_VALUES, value);
      return known && { type: 'is', value: known };
    }
    case 'has': {
      const known = oneOf(HAS_VALUES, value);
      return known && { type: 'has', value: known };
    }
    case 'site': {
      const host = parseSite(value);
      return host === null ? null : { type: 'site', host };
    }
    case 'created':
    case 'updated': {
      const interval = parseDateInterval(value);
      return interval && { type: 'date', field, ...interval };
    }
  }
}

/** What to tell someone whose value `parseFilter()` did not take. */
export function filterProblem(field: FilterField): string {
  switch (field) {
    case 'tag':
      return 'tag: needs the name of a tag.';
    case 'is':
      return `is: takes one of ${IS_VALUES.join(', ')}.`;
    case 'has':
      return `has: takes one of ${HAS_VALUES.join(', ')}.`;
    case 'site':
      return 'site: needs the name of a host, such as example.org.';
    case 'created':
    case 'updated':
      return `${field}: takes a date such as 2025, 2025-03, >=2025-03-04 or 2024..2025.`;
    case 'in':
      return 'in: needs the name of a notebook.';
  }
}

function oneOf<T extends string>(values: readonly T[], value: string): T | null {
  return values.find((known) => known === value.toLowerCase()) ?? null;
}

// People write a host, a host with a wildcard, or paste an address.
function parseSite(value: string): string | null {
  const host = value.trim().replace(/^(?:\*?\.)/, '');
  return siteOf(/^https?:\/\//i.test(host) ? host : `http://${host}`);
}
