-- name: list_devices
-- sort platform: platform
select id, platform, version, created_at, updated_at
  from device
 where user_id = %(user_id)s

-- name: register_device
select id, platform, version, created_at, updated_at, changed
  from register_device(%(id)s, %(user_id)s, %(platform)s, %(token)s)

-- name: remove_device
delete from device
 where user_id = %(user_id)s and platform = %(platform)s
returning id
