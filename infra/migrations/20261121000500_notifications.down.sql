drop function change_notification_preferences, unsubscribed_categories,
    notification_preferences_of;
drop table suppression, notification_preferences, delivery, notification;
