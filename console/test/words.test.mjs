// Which words come with the first load, and which with a page.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { divide, keysSaidBy } from '../words.mjs';

const keys = ['console.title', 'console.people.title', 'console.people.none', 'console.look.dark', 'console.look.light', 'layer.host', 'layer.network'];

describe('the keys that a source says', () => {
  const said = (text) => keysSaidBy(text, keys);
  test('are those it names, not those that begin alike', () => {
    assert.deepEqual(said("say('console.title') + say('console.people')"), ['console.title']);
  });
  test('are all that may be meant by a beginning', () => {
    assert.deepEqual(said('say(`console.look.${look}`)'), ['console.look.dark', 'console.look.light']);
    assert.deepEqual(said("sayNamed('layer', one)"), ['layer.host', 'layer.network']);
  });
});

describe('the division', () => {
  const texts = {
    'src/main.tsx': "say('console.title')", 'src/app/routes.tsx': "'console.people.title'",
    'src/pages/people.tsx': "say('console.people.title'); say('console.people.none')",
    'src/pages/people/look.tsx': 'say(`console.look.${look}`)', 'src/pages/home.tsx': "sayNamed('layer', one)",
  };
  const inputs = {
    'src/main.tsx': { imports: [{ path: 'src/app/routes.tsx', kind: 'import-statement' }, { path: 'words:en/first', kind: 'import-statement' }] },
    'src/app/routes.tsx': { imports: [{ path: 'src/pages/people.tsx', kind: 'dynamic-import' }, { path: 'src/pages/home.tsx', kind: 'import-statement' }] },
    'src/pages/people.tsx': { imports: [{ path: 'src/pages/people/look.tsx', kind: 'dynamic-import' }] },
    'src/pages/people/look.tsx': { imports: [] }, 'src/pages/home.tsx': { imports: [] },
  };
  test('gives a page what it and its parts say beyond the first load', () => {
    assert.deepEqual(divide(inputs, keys, (name) => texts[name]), {
      first: ['console.title', 'console.people.title', 'layer.host', 'layer.network'],
      people: ['console.people.none', 'console.look.dark', 'console.look.light'],
    });
  });
  test('refuses a text that nothing says', () => {
    assert.throws(() => divide(inputs, [...keys, 'console.forgotten'], (name) => texts[name]), /nothing says console\.forgotten/);
  });
});
