// Progressive enhancement of a subscription's form: filters the rows and finds institutions while
// one types. Without it the rows fold by group, and a button finds.
(() => {
  const $ = (q) => document.querySelector(q);
  const filter = $('#filter'), words = $('#filter-words'), groups = [...document.querySelectorAll('#groups details')];
  const find = $('#find'), list = $('#matches'), told = $('#found');
  if (!filter || !find) return;
  const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

  const wasOpen = new Map(groups.map((group) => [group, group.open]));
  filter.hidden = false;
  words.addEventListener('input', () => {
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    for (const group of groups) {
      const head = plain(group.querySelector('summary').textContent);
      let shown = 0;
      for (const row of group.querySelectorAll('li')) {
        const text = `${head} ${plain(row.textContent)} ${row.querySelector('input').value}`;
        row.hidden = !wanted.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      group.hidden = !shown;
      group.open = wanted.length ? shown > 0 : wasOpen.get(group);
    }
  });

  let asked = 0, timer;
  const show = (found) => {
    for (const item of list.querySelectorAll('li')) if (!item.querySelector('input').checked) item.remove();
    const known = new Set([...list.querySelectorAll('input')].map((box) => box.value));
    for (const { id, name } of found.filter((one) => !known.has(one.id))) {
      const item = document.createElement('li'), label = document.createElement('label');
      const box = Object.assign(document.createElement('input'), { type: 'checkbox', name: 'follow', value: id });
      const text = document.createElement('bdi');
      text.textContent = name;
      label.append(box, ' ', text);
      item.append(label);
      list.append(item);
    }
    list.hidden = !list.firstElementChild;
  };
  const look = async () => {
    const turn = ++asked, query = find.value.trim();
    if ([...query].length < 3) {
      told.textContent = query ? told.dataset.short : '';
      return show([]);
    }
    try {
      const answer = await fetch(`/subscribe/institutions?q=${encodeURIComponent(query)}`);
      if (!answer.ok || turn !== asked) return;
      const found = await answer.json();
      if (turn !== asked) return;
      told.textContent = found.length ? told.dataset.some : told.dataset.none;
      $('input[name=found]').value = find.value;
      show(found);
    } catch { /* the button finds them, too */ }
  };
  find.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(look, 200); });
  find.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    clearTimeout(timer);
    look();
  });
})();
