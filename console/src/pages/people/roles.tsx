import { useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { Problem } from '../../api/problem';
import type { Grant, RoleInfo } from '../../api/types';
import { Loaded } from '../../parts/loaded';
import { useResource } from '../../state/resource';
import { say, sayNamed } from '../../words/catalogue';

const scoped = 'customer_contact';  // always for one institution

/** Out of a form's values: what RolePicker's controls say. */
export function rolesOf(values: Record<string, string>): Grant[] {
  return Object.keys(values).filter((name) => name.startsWith('role/')).map((name) => {
    const role = name.slice('role/'.length) as Grant['role'];
    return { role, institution: role === scoped ? (values['institution'] ?? '').trim() || null : null };
  });
}

/** Which roles an account holds. */
export function RolePicker({ held = [], problem }: { held?: readonly Grant[]; problem: Problem | null }) {
  const roles = useResource('roles', (signal) => get<{ roles: RoleInfo[] }>('/api/v1/roles', { signal }));
  const [contact, setContact] = useState(held.some((grant) => grant.role === scoped));
  return (
    <fieldset class="role-picker">
      <legend>{say('console.people.roles')}</legend>
      {problem?.about('roles') && <small class="fault">{problem.about('roles')}</small>}
      <Loaded resource={roles}>
        {({ roles: known }) => (
          <>
            {known.map(({ role, about }) => (
              <label key={role} class="checkbox" title={about}>
                <input type="checkbox" name={`role/${role}`} defaultChecked={held.some((grant) => grant.role === role)}
                  onChange={(event) => role === scoped && setContact(event.currentTarget.checked)} />
                <span>{sayNamed('console.role', role)} <small class="soft" lang="en">{about}</small></span>
              </label>
            ))}
            {contact && (
              <label class="inline">{say('console.people.institution')}{' '}
                <input name="institution" required dir="auto" defaultValue={held.find((grant) => grant.role === scoped)?.institution ?? ''} />
              </label>
            )}
          </>
        )}
      </Loaded>
    </fieldset>
  );
}
