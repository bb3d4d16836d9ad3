-- name: delete_part
select delete_part(%(kind)s, %(id)s, %(user_id)s, %(deletion_id)s, %(if_match)s)

-- name: restore_part
select deletion_id, version from restore_part(%(kind)s, %(id)s, %(user_id)s, %(if_match)s)

-- name: purge_part
select version, purged from purge_part(%(kind)s, %(id)s, %(user_id)s, %(if_match)s)
