-- Published by courses.
-- name: claim_invitation_mails
select id, email, role, organization, inviter, expires_at, sealed_token
  from claim_invitation_mails(%(batch)s)

-- name: settle_invitation_mail
select settle_invitation_mail(%(id)s, %(outcome)s)
