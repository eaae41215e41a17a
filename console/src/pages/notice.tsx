import { useCallback } from 'preact/hooks';
import { get, path } from '../api/client';
import type { NoticeWithTellings } from '../api/types';
import { to } from '../app/router';
import { Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { When } from '../parts/when';
import { useChanges } from '../state/follow';
import { useResource } from '../state/resource';
import { may } from '../state/session';
import { say } from '../words/catalogue';
import { Affected } from './notice/affected';
import { Deliveries } from './notice/deliveries';
import { Tellings } from './notice/tellings';
import { titleOf } from './notices/names';

const readAgainAfter = 1000;

function Facts({ notice }: { notice: NoticeWithTellings['notice'] }) {
  return (
    <dl class="card facts">
      <div><dt>{say('console.notices.topic')}</dt><dd>{say(`notice.topic.${notice.topic}`)}</dd></div>
      <div><dt>{say('console.notices.began')}</dt><dd><When at={notice.opened_at} style="full" /></dd></div>
      <div><dt>{say('console.notices.ended')}</dt><dd>{notice.closed_at ? <When at={notice.closed_at} style="full" /> : say('console.notices.goes_on')}</dd></div>
    </dl>
  );
}

/** One notice: what it is about, what was told, who was told. */
export function NoticePage({ id }: { id: string }) {
  const resource = useResource(id, (signal) => get<NoticeWithTellings>(path`/api/v1/notifications/notices/${id}`, { signal }));
  useChanges('notifications.', useCallback(() => void resource.reload(), [resource]), readAgainAfter);
  const notice = resource.reading.value.data?.notice;
  const title = notice ? titleOf(notice) : say('console.notices.one');
  return (
    <Page title={title} trail={<a href={to('/notices')}>{say('console.notices.title')}</a>}
      actions={notice && may('send_notices') && <a class="button" href={`${to('/notices/new')}?notice=${encodeURIComponent(id)}`}>{say('console.notices.go_on')}</a>}>
      <Loaded resource={resource}>
        {(about) => (
          <div class="notice">
            <Facts notice={about.notice} />
            <Affected rows={about.rows} over={about.notice.closed_at !== null} />
            <Tellings tellings={about.tellings} />
            {about.tellings.length > 0 && <Deliveries about={about} />}
            {may('read_ledger') && <p class="soft small"><a href={`${to('/ledger')}?object=${encodeURIComponent(`notice/${id}`)}`}>{say('console.instance.in_ledger')}</a></p>}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
