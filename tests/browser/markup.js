import { HtmlValidate } from 'html-validate';

// Tells the first faults of a page's markup, by the rules that hold for all our pages and those
// that the caller adds: markupChecker()(html) → ['12:4 rule: what', …].
export function markupChecker(rules = {}) {
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: {
      'no-trailing-whitespace': 'off',
      'long-title': 'off', // a title tells the state
      ...rules,
    },
  });
  return async (html) => {
    const { results } = await validator.validateString(html);
    return results.flatMap((r) => r.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`)).slice(0, 5);
  };
}

// Of the status page and its copies.
export const pageRules = {
  'no-implicit-close': 'off', // cells end where the next begins, as HTML lets them
  'no-inline-style': 'error',
  'require-sri': ['error', { target: 'crossorigin' }],
};
