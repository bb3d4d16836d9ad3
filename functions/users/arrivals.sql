-- name: provision_user
select user_id, created
  from provision_user(%(id)s, %(issuer)s, %(subject)s, %(email)s, %(first_name)s, %(last_name)s)
