import { to } from '../app/router';
import { Page } from '../parts/page';
import { say } from '../words/catalogue';

export function Missing() {
  return (
    <Page title={say('console.missing.title')}>
      <p>{say('console.missing.text')}</p>
      <p><a href={to('/')}>{say('console.overview.title')}</a></p>
    </Page>
  );
}
