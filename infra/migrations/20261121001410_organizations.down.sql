drop function purge_organization, restore_organization, owned_organization,
    delete_organization, change_member, lock_organization, found_organization, take_charge,
    person_name, organization_role;
